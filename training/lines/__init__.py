"""Training of recognisers for printed lines: graph (ONNX to torch and back), texts, drawing, shards, training."""
