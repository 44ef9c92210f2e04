"""After somebody has gone to work: proof and its grade, checks, returnees, signs of false placement, dispatch."""
