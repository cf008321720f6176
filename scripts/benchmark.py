"""Compare nnfunc's speed and memory with those of PyTorch, JAX and scikit-learn: tables and the picture of them.

    pip install -e '.[bench]'
    python scripts/benchmark.py ../shared/data/mnist --plot .github/benchmark.png

The folder holds the IDX files of MNIST; without it the embedded subset is used. `--only W1 growth` measures these only.
Libraries that are not installed are left out. What is compared, and how that is kept fair:

- Every contestant starts from the same weights, sees the same samples in the same order (a NumPy permutation for each
  epoch); shuffling and gathering are part of the time. PyTorch is eager, JAX compiled, an epoch in one call. nnfunc is
  used through its public functions, with its checks on, and reads uint8 pixels; the others read float32 made before.
- Each contestant runs in its own process, as it does for its users, and sleeps while another one is measured; a pause
  lets the threads of the last one fall asleep. Compilation and the first epochs are not part of the time.
- Rounds are interleaved, each in another order. The tables show medians, and ratios within a round with their range.
- At the end the cost of each contestant is computed in float64 by one function.

`--baseline COMMIT` compares this checkout with one of its commits instead, in the same way, and the commit with itself:
a change is real if `new / old` leaves the range of `old again / old`. Other work on the machine spoils the results.
"""

if __name__ == "__main__":  # worker processes import this file, too, and may import nothing else
    from benchmarking.main import main

    main()
