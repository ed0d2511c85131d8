"""Train the network that sees strokes drawn through writing (ocr/models/strokes.onnx).

1. draw pages: python sample_data/registers.py --out PAGES --each 1 --first 700
2. cut lines:  python -m training.strokes.lines PAGES LINES.npz
3. train:      python -m training.strokes.train LINES.npz ocr/models/strokes.onnx (with PyTorch)
"""
