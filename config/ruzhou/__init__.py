"""The demo directory: the real township-level units of Ruzhou; villages and people are synthetic.

`FOLDER` holds it as files for `liancun directory import`.
"""

from pathlib import Path

FOLDER = Path(__file__).parent
