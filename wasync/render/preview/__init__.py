"""Messages as pictures: HTML and SVG of what a phone shows, and the page of a whole project."""
