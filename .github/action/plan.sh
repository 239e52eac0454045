# The plan as one comment that is updated, as a page, and as the file that a merge applies. Writes nothing to Meta.
set -eu
out=$RUNNER_TEMP/wasync
code=0
WASYNC_READ_ONLY=1 wasync plan --account "$ACCOUNT" --out "$out/plan.json" --format markdown > "$out/comment.md" || code=$?
echo "exit-code=$code" >> "$GITHUB_OUTPUT"
if [ -s "$out/plan.json" ]; then
  wasync show "$out/plan.json" --format html > "$out/plan.html"
  wasync show "$out/plan.json" --format github
fi
if [ -s "$out/comment.md" ]; then
  cat "$out/comment.md" >> "$GITHUB_STEP_SUMMARY"
  python "$GITHUB_ACTION_PATH/.github/action/pipeline.py" comment "$out/comment.md"
else
  sh "$GITHUB_ACTION_PATH/.github/action/no_plan.sh"
fi
exit "$code"
