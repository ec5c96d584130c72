/** Pieces of the shell scripts that look at a host: they have `$data`, and `"$@"` is what stands before riak, as sudo. */

/** Runs a command for five minutes at most, where the host can tell. */
export const within = 'within() { if command -v timeout >/dev/null; then timeout 300 "$@"; else "$@"; fi; }'

/**
 * The lines of Riak's own log that fit, oldest first. What is no regular file there is not opened: a FIFO would be waited
 * for. @param pattern for `grep -E`, without single quotes
 */
export const riakLog = (pattern: string): string =>
  `for f in /var/log/riak /opt/riak/log "$(dirname "$data")/log" /var/log; do
  within "$@" find "$f/console.log.0" "$f/console.log" -prune -type f -exec grep -h -E '${pattern}' {} + 2>/dev/null </dev/null
done`
