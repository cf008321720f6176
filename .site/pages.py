"""Pages that the site makes: its first one, of the README, and the reference, of the docstrings."""

import re
from pathlib import Path

import mkdocs_gen_files

import nnfunc as nn

ROOT = Path(__file__).parent.parent

REFERENCE = {
    "network": (
        "The network",
        "init forward backward update cost gradient check_gradient predict predict_labels probabilities evaluate "
        "mistakes Evaluation Params Layer Cache LayerCache Grads LayerGrads Activation Cost dropout_masks",
    ),
    "training": (
        "Training",
        "train learning_rate_range RateRange LBFGS GradientDescent Momentum Nesterov RMSProp Adam AdamW OptimizerState "
        "Constant StepDecay Exponential Cosine OneCycle WarmUp Distorted",
    ),
    "epochs": (
        "Epochs and their wrappers",
        "Epochs Epoch State Best EarlyStopping Checkpointing History Logging Progress TensorBoard read_history",
    ),
    "data": (
        "Data",
        "Dataset load_mnist load_mapped read_idx read_csv from_frame read_images read_photo fit_to_mnist split batches "
        "steps_per_epoch to_columns scale one_hot is_digit",
    ),
    "shapes": ("Shapes and recording", "checked prove symbolic symbolic_params recorded"),
    "files": ("Files", "save load save_state load_state"),
    "errors": (
        "Errors",
        "NnfuncError ShapeError RecordingError SettingError DataError CheckpointError ClusterError DivergedError",
    ),
}
"""Each page of the reference: its title, and the public names on it."""

MODULES = {
    "notes": ("The notes' network", ["notes"]),
    "doors": ("Other libraries", ["sklearn", "export", "convert", "jax", "distributed", "plots", "report"]),
}
"""Pages of whole modules."""


def home(name: str) -> str:
    """Return where a public name is defined."""
    return f"{getattr(nn, name).__module__}.{name}"


def start() -> str:
    """Return the README as the first page: links to the guide as they are from there, links to the source as names."""
    text = (ROOT / "README.md").read_text()
    text = re.sub(r"\]\(nnfunc/guide/([\w.]+)\)", r"](\1)", text)
    text = re.sub(r"\]\(\.github/([\w.]+)\)", r"](\1)", text)
    return re.sub(r"\[([^\]]+)\]\(nnfunc/[^)]+\)", r"\1", text)


with mkdocs_gen_files.open("index.md", "w") as page:
    page.write(start())
with mkdocs_gen_files.open("report.png", "wb") as picture:
    picture.write((ROOT / ".github" / "report.png").read_bytes())
with mkdocs_gen_files.open("site.css", "w") as style:
    style.write((ROOT / ".site" / "site.css").read_text())
for stem, (title, names) in REFERENCE.items():
    with mkdocs_gen_files.open(f"reference/{stem}.md", "w") as page:
        page.write(f"# {title}\n\n" + "\n\n".join(f"::: {home(name)}" for name in names.split()) + "\n")
for stem, (title, modules) in MODULES.items():
    options = "\n    options:\n      show_root_full_path: true"
    with mkdocs_gen_files.open(f"reference/{stem}.md", "w") as page:
        page.write(f"# {title}\n\n" + "\n\n".join(f"::: nnfunc.{module}{options}" for module in modules) + "\n")
