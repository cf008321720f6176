"""The replay in C: plans as tables of operations, and the loop that runs them where processor and BLAS allow it."""
