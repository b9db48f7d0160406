"""The real application with shorter times, for the tests' own process: `tests.live.quick`."""

import json
import os

from carestation.live.hall import Timing
from config.environment import environment
from config.live import make_application

application = make_application(environment(), Timing(**json.loads(os.environ["LIVE_TIMING"])))
