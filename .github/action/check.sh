# Findings at their lines, and the page of all messages. No token.
set -eu
# What has errors is named on the page; validate then fails.
wasync preview --out "$RUNNER_TEMP/wasync/preview.html" || :
wasync validate --format github
