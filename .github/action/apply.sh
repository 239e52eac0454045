# What was reviewed in the merged pull request, exactly; anything else ends with 5 before a write.
set -eu
out=$RUNNER_TEMP/wasync
python "$GITHUB_ACTION_PATH/.github/action/pipeline.py" reviewed-plan "wasync-plan-$ACCOUNT" "$out/reviewed.json"
WASYNC_READ_ONLY=1 wasync plan --account "$ACCOUNT" --out "$out/merged.json" > /dev/null
python "$GITHUB_ACTION_PATH/.github/action/pipeline.py" same "$out/reviewed.json" "$out/merged.json"
code=0
wasync apply "$out/reviewed.json" --account "$ACCOUNT" --max-wait "$MAX_WAIT" || code=$?
echo "exit-code=$code" >> "$GITHUB_OUTPUT"
if [ "$code" = 3 ]; then
  echo "::notice::Meta rations the rest; the scheduled job does it."
  code=0
fi
exit "$code"
