"""Views of records for people: cases, trails, exports, images, duplicates."""
