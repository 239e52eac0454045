# The newest files have no plan: the comment must not show an older one as theirs.
set -eu
python "$GITHUB_ACTION_PATH/.github/action/pipeline.py" no-plan "$ACCOUNT"
