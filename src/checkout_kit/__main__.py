"""`python -m checkout_kit`: the command where the scripts' folder is not on the path."""

from checkout_kit.cli import main

if __name__ == "__main__":
    main(prog_name="python -m checkout_kit")
