"""`python -m week3`: the week's assignments and verbs."""

import sys

import week3
from common.week import main

if __name__ == "__main__":
    sys.exit(main(week3))
