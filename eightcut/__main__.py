"""``python -m eightcut`` is the ``eightcut`` command."""

import sys

from eightcut.cli import main

sys.exit(main())
