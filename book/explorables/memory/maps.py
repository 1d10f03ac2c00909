"""The four maps from a weight to a rate, in the hues that they have in all figures of the chapter."""

MAPS = {"direct": "exploding", "exp": "vanishing", "softplus": "chaotic", "best": "critical"}
