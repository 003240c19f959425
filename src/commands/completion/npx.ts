// In a clone, `npx digilocker` is what people type: the script of a shell then completes that, too.

/** What makes the completion of npx that of digilocker behind `npx digilocker`, and leaves it as it was elsewhere. */
export const NPX_HOOKS = {
  bash: `
function _digilocker_npx () {
  [[ "\${COMP_WORDS[1]-}" == digilocker && $COMP_CWORD -gt 1 ]] || return 0
  [[ $(type -t compopt) != builtin ]] || compopt +o bashdefault +o default 2>/dev/null || true
  local rest="\${COMP_LINE#*npx}"
  local -a words
  words=("\${COMP_WORDS[@]:1}")
  COMP_POINT=$((COMP_POINT - \${#COMP_LINE} + \${#rest}))
  COMP_LINE="$rest"
  COMP_WORDS=("\${words[@]}")
  COMP_CWORD=$((COMP_CWORD - 1))
  _digilocker digilocker "$2" "$3"
}
complete -p npx >/dev/null 2>&1 || complete -o bashdefault -o default -F _digilocker_npx -- npx`,
  zsh: `
function _digilocker_npx () {
  if (( CURRENT > 2 )) && [[ "$words[2]" == digilocker ]]; then
    shift words
    (( CURRENT-- ))
    _digilocker
  else
    $_digilocker_npx_else
  fi
}
if (( $+functions[compdef] )) && [[ "\${_comps[npx]-}" != _digilocker_npx ]]; then
  typeset -g _digilocker_npx_else="\${_comps[npx]:-_default}"
  compdef _digilocker_npx npx
fi`,
  fish: `
function __digilocker_behind_npx
    set -l tokens (commandline -poc)
    test "$tokens[2]" = digilocker
end
complete -c npx -n __digilocker_behind_npx -f -a '(__digilocker_complete)'`,
  // PowerShell has one completer for each program, and no way to hand on to the one before.
  pwsh: '',
};
