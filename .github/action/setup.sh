# wasync as it lies beside this action, in an environment of its own: the ref of the action is the version.
set -eu
python3 -m venv "$RUNNER_TEMP/wasync-venv"
"$RUNNER_TEMP/wasync-venv/bin/python" -m pip install --quiet --disable-pip-version-check "$GITHUB_ACTION_PATH[cloud]"
echo "$RUNNER_TEMP/wasync-venv/bin" >> "$GITHUB_PATH"
