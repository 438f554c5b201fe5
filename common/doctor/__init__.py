"""What works here and what does not: `python -m common.doctor`.

`findings.py` says what a finding is, `packages.py` looks at Python and the packages, `machine.py` at processors, sound,
microphone and disk, `course.py` at the files of the course. Nothing heavy is imported unless it is asked for.
"""
