#!/usr/bin/env bash
# Stands for the program: runs it under valgrind, which writes what it finds into the folder CALLBOARD_FINDINGS, a file a process.
exec valgrind --quiet --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite --error-exitcode=99 \
    --suppressions="$(dirname "$0")/valgrind.supp" --log-file="${CALLBOARD_FINDINGS:?a folder}/%p" "${CALLBOARD_CHECKED:?the program}" "$@"
