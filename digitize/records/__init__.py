"""Records as people look at them: cases, trails, exports, pictures, duplicates."""
