import numpy as np

from nnfunc.base.array import owned, read_only, shape_text


def test_a_read_only_view_leaves_the_array_writeable() -> None:
    x = np.zeros(3)
    view = read_only(x)
    x[0] = 1
    assert view.tolist() == [1, 0, 0]
    assert not view.flags.writeable


def test_owned_copies_what_somebody_can_write_to() -> None:
    x = np.zeros(3)
    for given in (x, read_only(x)):
        copy = owned(given)
        assert not np.shares_memory(copy, x)
        assert not copy.flags.writeable


def test_owned_keeps_what_nobody_can_write_to() -> None:
    x = np.zeros(3)
    x.flags.writeable = False
    assert owned(x) is x


def test_shapes_are_written_as_in_formulas() -> None:
    assert shape_text(np.zeros((10, 784))) == "10×784"
    assert shape_text(np.array(1.0)) == "a scalar"
