"""How fast and how large nnfunc is, beside PyTorch, JAX and scikit-learn: the tables and the picture of the README.

    pip install -e '.[bench]'
    python scripts/benchmark.py ../shared/data/mnist --plot .github/benchmark.png

FOLDER holds the IDX files of MNIST; without it the embedded subset is used. `--only W1 growth` measures these only.
Libraries that are not installed are left out. What is compared, and how that is kept fair:

- Every contestant starts from the same weights, sees the same samples in the same order (a NumPy permutation for each
  epoch), and is used in the form in which it was fastest; shuffling and gathering are part of the time. nnfunc is used
  through its public functions, with its checks on, and reads uint8 pixels; the others read float32, made beforehand.
- Each contestant lives in a process of its own, as with its users, and sleeps while another one is measured; a pause
  lets the threads of the last one fall asleep. Compilation and the first epochs are outside the time.
- Rounds are interleaved (A B C, C B A, …). A round is disturbed if other processes took a few percent of the processor,
  or if a small kernel, run around each turn, was slow. Then more rounds are taken, and the least disturbed count.
  Shown are medians, and ratios within a round.
- At the end the cost of each contestant is computed in float64 by one function: who learnt something else is marked.
"""

if __name__ == "__main__":  # in the worker processes, which import this file too, nothing else may be imported
    from benchmarking.main import main

    main()
