/** Riak 3.2.3's usage texts, to the byte. The ones of the shell scripts come first, then those of the running node. */

/** `riak` with a command it does not have, or none */
export const riakUsage = `Usage: riak [COMMAND] [ARGS]

Commands:

  foreground              Start release with output to stdout
  remote_console          Connect remote shell to running node
  rpc [Mod [Fun [Args]]]] Run apply(Mod, Fun, Args) on running node
  eval [Exprs]            Run expressions on running node
  stop                    Stop the running node
  restart                 Restart the applications but not the VM
  reboot                  Reboot the entire VM
  pid                     Print the PID of the OS process
  ping                    Print pong if the node is alive
  console                 Start the release with an interactive shell
  console_clean           Start an interactive shell without the release's applications
  console_boot [File]     Start an interactive shell for boot script [File]
  daemon                  Start release in the background with run_erl (named pipes)
  daemon_boot [File]      Start boot script [File] in the background with run_erl (named pipes)
  daemon_attach           Connect to node started as daemon with to_erl (named pipes)
  upgrade [Version]       Upgrade the running release to a new version
  downgrade [Version]     Downgrade the running release to a new version
  install [Version]       Install a release
  uninstall [Version]     Uninstall a release
  unpack [Version]        Unpack a release tarball
  versions                Print versions of the release available
  escript                 Run an escript in the same environment as the release
  status                  Verify node is running and then run status hook scripts
  admin|repl|debug|chkconfig
`

/** `riak admin` with a command it does not have, or none */
export const adminUsage = `Usage: riak-admin { cluster | join | leave | backup | restore | test | 
                    reip | reip_manual | erl-reload | wait-for-service | 
                    ringready | transfers | force-remove | down |
                    cluster-info | member-status | ring-status | vnode-status |
                    aae-status | diag | stat | status | transfer-limit | reformat-indexes |
                    top [-interval N] [-sort reductions|memory|msg_q] [-lines N] |
                    downgrade-objects | security | bucket-type | repair-2i |
                    services | ensemble-status | handoff | set |
                    show | describe }
`

/** by the shell script itself, also when the node is stopped */
export const clusterUsage = `Usage: riak-admin cluster <command>

The following commands stage changes to cluster membership. These commands
do not take effect immediately. After staging a set of changes, the staged
plan must be committed to take effect:

   join <node>                     Join node to the cluster containing <node>
   leave                           Have this node leave the cluster and shutdown
   leave <node>                    Have <node> leave the cluster and shutdown

   force-remove <node>             Remove <node> from the cluster without
                                   first handing off data. Designed for
                                   crashed, unrecoverable nodes

   replace <node1> <node2>         Have <node1> transfer all data to <node2>,
                                   and then leave the cluster and shutdown

   force-replace <node1> <node2>   Reassign all partitions owned by <node1> to
                                   <node2> without first handing off data, and
                                   remove <node1> from the cluster.
    
   location <location_name>        Assign a location to the current node

Staging commands:
   plan                            Display the staged changes to the cluster
   commit                          Commit the staged changes
   clear                           Clear the staged changes

Status and information commands:
   status                          Display a concise summary of node membership
                                   availability and ring ownership.

   partitions [--node=<node>]      Print primary, secondary and stopped
                                   partition indices and ids for the current
                                   node, or for the specified node.

   partition-count [--node=<node>] Print the cluster-wide number of
                                   partitions or the number of partitions
                                   on the specified node.

   partition id=<id>               Convert the given partition id to the
                                   matching index.

   partition index=<index>         Convert the given partition index to
                                   the matching id.


`

export const clusterStatusUsage = `Usage: riak-admin cluster status

  Display a summary of cluster status information.
`

export const clusterPartitionUsage = `Usage: riak-admin cluster partition id=0
riak-admin cluster partition index=228359630832953580969325755111919221821

  Display the id for the provided index, or index for the specified id.
`

export const clusterLocationUsage = `Usage: riak-admin cluster location <new_location> [--node node]

  Set the node location parameter

Options
  -n <node>, --node <node>
      Set node location for the specified node.
`

export const handoffUsage = `Usage: riak-admin handoff <sub-command>

  Display handoff-related status and settings.

  Sub-commands:
    enable     Enable handoffs for the specified node(s)
    disable    Disable handoffs for the specified node(s)
    summary    Show cluster-wide handoff summary
    details    Show details of all active transfers (per-node or cluster wide)
    config     Show all configuration for handoff subsystem

  Use --help after a sub-command for more details.
`

export const handoffSwitchUsage = `Usage: riak-admin handoff <enable|disable> <inbound|outbound|both> [-n <node>|--all]

  Enable or disable handoffs on the local or specified node(s).
  If handoffs are disabled in a direction, any currently
  running handoffs in that direction will be terminated.

Options
  -n <node>, --node <node>
      Modify the setting on the specified node.
      This flag can currently take only one node and be used once
  -a, --all
      Modify the setting on every node in the cluster
`

export const handoffSummaryUsage = `Usage: riak-admin handoff summary

  Display a summarized view of handoffs.
`

export const transferLimitDescription = `transfer_limit:
  Number of concurrent node-to-node transfers allowed.
  It is generally safe to raise this number to increase concurrency.  A
  common value to use would be 8.  However, it is necessary to monitor for
  handoff timeouts.  If handoff timeouts occur, reduce the
  handoff_batch_threshold_count.  If timeouts continue to occur, even with a
  low value for the handoff_batch_threshold_count (e.g. 200), then raise the
  handoff_timeout.  Further, if using the leveled backend in Riak KV
  investigate raising the the backend_pause.
`

export const clusterPartitionsUsage = `Usage: riak-admin cluster partitions [--node node]

  Display the partitions on a node. Defaults to local node.

Options
  -n <node>, --node <node>
      Display the handoffs on the specified node.
      This flag can currently take only one node and be used once
`

export const clusterPartitionCountUsage = `Usage: riak-admin cluster partition-count [--node node]

  Display the number of partitions (ring-size) for the entire
  cluster or the number of partitions on a specific node.

Options
  -n <node>, --node <node>
      Display the handoffs on the specified node.
      This flag can currently take only one node and be used once
`

export const clusterNodeUsage = `Usage: riak-admin cluster <sub-command>

  Display cluster-related status and settings.

  Sub-commands:
    status           Display a summary of cluster status
    partition        Map partition IDs to indexes
    partitions       Display partitions on a node
    partition-count  Display ring size or node partition count

    location         Set node location

  Use --help after a sub-command for more details.
`

export const handoffDetailsUsage = `Usage: riak-admin handoff details [--node <node>|--all]

  Display a detailed list of handoffs. Defaults to local node.

Options
  -n <node>, --node <node>
      Display the handoffs on the specified node.
      This flag can currently take only one node and be used once
  -a, --all
      Display the handoffs on every node in the cluster
`

export const handoffConfigUsage = `Usage: riak-admin handoff config

  Display handoff related configuration variables

Options
  -n <node>, --node <node>
      Show the settings on the specified node.
      This flag can currently take only one node and be used once
  -a, --all
      Show the settings on every node in the cluster
`
