/**
 * What a shell needs to complete `ringup`: a few lines that ask `ringup __complete SHELL WORD...`. Its answer is a line
 * for each candidate, `WORD<tab>MEANING`, made of harmless characters only, and at most one `:files`, `:json` or
 * `:folders` that lets the shell complete names of files itself, which knows best how to quote them.
 */

export const shells = ['bash', 'zsh', 'fish'] as const

export type Shell = (typeof shells)[number]

const bash = String.raw`# completion of ringup for bash: source <(ringup completion bash)
_ringup() {
  local current=$2 line files=
  COMPREPLY=()
  # bash makes words of their own of "=", unless told otherwise
  [ "\${COMP_WORDS[COMP_CWORD]}" = "=" ] && current="="
  while IFS= read -r line; do
    case $line in
      :*) files=$line ;;
      *) COMPREPLY+=("$line") ;;
    esac
  done < <(command ringup __complete bash "\${COMP_WORDS[@]:1:COMP_CWORD-1}" "$current" 2>/dev/null </dev/null)
  compopt -o nosort 2>/dev/null
  [ "\${#COMPREPLY[@]}" = 1 ] && [[ $COMPREPLY == *= ]] && compopt -o nospace 2>/dev/null
  [ "$current" = "=" ] && current=
  case $files in
    :files) compopt -o bashdefault -o default 2>/dev/null ;;
    :folders) compopt -o dirnames 2>/dev/null ;;
    :json)
      case $current in
        \~* | *[\"\'\\\$\`]*) compopt -o default 2>/dev/null ;;
        *)
          compopt -o filenames 2>/dev/null
          # a name with a newline comes in pieces, which are no files
          while IFS= read -r line; do
            [ -e "$line" ] && COMPREPLY+=("$line")
          done < <(compgen -f -X '!*.json' -- "$current"; compgen -d -- "$current")
          ;;
      esac
      ;;
  esac
  return 0
}
complete -F _ringup ringup
`

const zsh = String.raw`#compdef ringup
# completion of ringup for zsh, below compinit: source <(ringup completion zsh)
_ringup() {
  local line value files
  local -a values meanings
  while IFS= read -r line; do
    case $line in
      :*) files=$line ;;
      *)
        value=\${line%%$'\t'*}
        values+=("$value")
        if [[ $line == *$'\t'* ]]; then meanings+=("$value  -- \${line#*$'\t'}"); else meanings+=("$value"); fi
        ;;
    esac
  done < <(command ringup __complete zsh "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null </dev/null)
  if (( $#values )); then
    if [[ $#values == 1 && $values[1] == *= ]]; then compadd -S '' -- $values
    else compadd -l -d meanings -V ringup -- $values; fi
  fi
  [[ $PREFIX == --*=* ]] && compset -P '*='
  case $files in
    :files) _files ;;
    :json) _files -g '*.json' ;;
    :folders) _files -/ ;;
  esac
}
if [[ $funcstack[1] == _ringup ]]; then _ringup "$@"
elif (( $+functions[compdef] )); then compdef _ringup ringup; fi
`

const fish = `# completion of ringup for fish: ringup completion fish | source
function __ringup_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l before (string match -r -- '^--[^=]+=' $current)
    set -l part (string replace -r -- '^--[^=]+=' '' $current)
    for line in (command ringup __complete fish $words[2..] "$current" 2>/dev/null </dev/null)
        switch $line
            case ':files'
                string replace -r -- '^' "$before" (__fish_complete_path "$part")
            case ':json'
                string replace -r -- '^' "$before" (__fish_complete_suffix .json)
            case ':folders'
                string replace -r -- '^' "$before" (__fish_complete_directories "$part" '')
            case '*'
                echo $line
        end
    end
end
complete -c ringup -f -k -a '(__ringup_complete)'
`

const scripts: Readonly<Record<Shell, string>> = {bash, zsh, fish}

// in a raw template `\\${` keeps its backslash
export const completionScript = (shell: Shell): string => scripts[shell].replaceAll('\\${', '${')
