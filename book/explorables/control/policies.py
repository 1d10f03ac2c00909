"""The policies of the delayed cue as the figures of the chapter name them."""

from experiments.control import delayed_cue

LENGTHS = delayed_cue.LENGTHS
POLICIES = {name.replace(" = ", ""): name for name in delayed_cue.POLICIES}  # as in a link: as on the page
