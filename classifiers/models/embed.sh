#!/bin/sh
# A text model as a C string. usage: embed.sh MODEL > model.h
sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/.*/"&\\n"/' "$1"
