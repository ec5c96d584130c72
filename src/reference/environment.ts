/** Every variable of the environment that ringup looks at. */

export const environment: Readonly<Record<string, string>> = {
  RINGUP_INVENTORY: 'the inventory file, where -i does not name one; else inventory.yaml',
  RINGUP_TRANSPORT: 'ssh2 or openssh, where --transport does not say; else ssh2',
  RINGUP_STATE_DIR: 'where journals of runs and what limits were are kept; else $XDG_STATE_HOME/ringup',
  RINGUP_SSH_CONFIG:
    'an ssh_config, or none, where the inventory has no ssh.configFile; else ~/.ssh/config and /etc/ssh/ssh_config',
  RINGUP_LAB_DIR: 'folder of the practice cluster; else $XDG_STATE_HOME/ringup/lab',
  XDG_STATE_HOME: 'an absolute path; else, and when it is not absolute, ~/.local/state',
  XDG_CACHE_HOME:
    'an absolute path; else ~/.cache: its folder ringup has compiled code, so that commands start faster; /dev/null: none is kept',
  SSH_AUTH_SOCK: 'the agent that is asked for keys; IdentityAgent of ssh_config goes first',
  HOME: 'where .local/state is; ~ of ssh and of the inventory is the home that passwd has, as for OpenSSH',
  TMPDIR: 'where exec puts output of more than 1 MiB; else /tmp',
  NO_COLOR: 'not empty: no colours',
  CI: 'not empty: no live screen, even on a terminal; what exec prints into a pipe is made safe for its log',
  TF_BUILD: 'not empty: what exec prints into a pipe is made safe, as with CI',
  SHELL: 'asked for by a library; /bin/sh where it is not set',
  TERM: 'dumb: no colours and no live screen',
  LC_ALL: 'goes before LC_CTYPE and LANG',
  LC_CTYPE: 'goes before LANG',
  LANG: 'UTF-8 in the first of the three that is set: bars are drawn with its characters',
}
