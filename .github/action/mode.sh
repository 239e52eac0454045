# What this run does: by the event, unless the workflow says. A fork's pull request has no secrets and gets no plan.
set -eu
case "$GITHUB_EVENT_NAME" in
  pull_request_target)
    echo "::error::wasync does not run on pull_request_target: a stranger's files would meet your secrets. Use pull_request."
    exit 64 ;;
esac
mode=$COMMAND
if [ "$mode" = auto ]; then
  case "$GITHUB_EVENT_NAME" in
    pull_request) mode=plan ;;
    push) mode=apply ;;
    schedule | workflow_dispatch) mode=scheduled ;;
    *)
      echo "::error::wasync has nothing to do on $GITHUB_EVENT_NAME. Say with command: what is meant."
      exit 64 ;;
  esac
fi
case "$mode" in
  check | plan | apply | scheduled) ;;
  *)
    echo "::error::command is none of auto, check, plan, apply, scheduled."
    exit 64 ;;
esac
# Started by hand it can be any branch's files, which nobody has reviewed.
if [ "$mode $GITHUB_EVENT_NAME" = "scheduled workflow_dispatch" ] && [ "$GITHUB_REF_NAME" != "$DEFAULT_BRANCH" ]; then
  echo "::error::Started by hand, wasync sends only what lies on $DEFAULT_BRANCH: another branch is not reviewed."
  exit 64
fi
if [ "$GITHUB_EVENT_NAME" = pull_request ] && [ "$HEAD_REPOSITORY" != "$GITHUB_REPOSITORY" ]; then
  echo "A fork's pull request: its files are checked and pictured; a plan would need the token."
  mode=check
fi
mkdir -p "$RUNNER_TEMP/wasync"
echo "mode=$mode" >> "$GITHUB_OUTPUT"
