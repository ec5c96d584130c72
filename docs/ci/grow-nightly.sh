#!/bin/sh
# From cron, every half hour of the window; more calls do no harm:
#   */30 22-23,0-5 * * * riakops /usr/local/bin/grow-nightly.sh
# It prints only what a person should read, so that cron mails only that. A batch that takes longer than a call waits is
# verified by a later one; one that stands still ends with 9 and the cause.
set -u
: "${RINGUP_INVENTORY:=/etc/ringup/inventory.yaml}"
export RINGUP_INVENTORY
said=$(ringup grow next --yes --reason nightly --wait-timeout 25m 2>&1)
code=$?
case $code in
0 | 5 | 8) exit 0 ;; # done or nothing due; another run is in progress; the last batch is still moving
esac
printf '%s\n\nringup grow next ended with %s. Look: ringup diagnose; ringup runs list\n' "$said" "$code"
exit "$code"
