"""`python -m bench`: what `make bench` runs."""

from bench.throughput import main

if __name__ == "__main__":
    main()
