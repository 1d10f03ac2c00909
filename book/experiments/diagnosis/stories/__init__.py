"""Five training scripts in PyTorch as engineers write them, each with one fault, and what became of them."""
