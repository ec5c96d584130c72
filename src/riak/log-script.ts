/** Pieces of the shell scripts that look at a host: they have `$data`, and `"$@"` is what stands before riak, as sudo. */

/** Runs a command for five minutes at most, where the host can tell. */
export const within = 'within() { if command -v timeout >/dev/null; then timeout 300 "$@"; else "$@"; fi; }'

/** The lines of Riak's own log that fit, oldest first. @param pattern for `grep -E`, without single quotes */
export const riakLog = (pattern: string): string =>
  `for f in /var/log/riak /opt/riak/log "$(dirname "$data")/log" /var/log; do
  within "$@" grep -h -E '${pattern}' "$f/console.log.0" "$f/console.log" 2>/dev/null </dev/null
done`
