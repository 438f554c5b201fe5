"""`python -m week2`: the week's assignments and verbs."""

import sys

import week2
from common.week import main

if __name__ == "__main__":
    sys.exit(main(week2))
