# What others changed is told, then what had to wait is done. Fails when somebody should look: 2 drift, 4 Meta's verdict.
set -eu
drifted=0
wasync drift --account "$ACCOUNT" --detailed-exitcode --fail-on "$FAIL_ON" || drifted=$?
code=0
wasync apply --account "$ACCOUNT" --auto-approve --max-wait "$MAX_WAIT" || code=$?
if [ "$code" = 0 ] || [ "$code" = 3 ]; then
  code=$drifted
fi
echo "exit-code=$code" >> "$GITHUB_OUTPUT"
exit "$code"
