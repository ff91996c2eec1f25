"""`python -m signaling` is the command `liancun`."""

import sys

from signaling.cli import main

sys.exit(main())
