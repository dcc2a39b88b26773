#!/bin/sh
# A text file as C string literals, one a line, on stdout. usage: text_to_c.sh FILE
exec sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/"/' -e 's/$/\\n"/' "$1"
