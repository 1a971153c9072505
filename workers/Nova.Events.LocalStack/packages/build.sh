#!/usr/bin/env bash
# build.sh ROOT: builds the solution when a file that goes into it is newer than the last build; quiet unless it fails.
set -euo pipefail
cd "$1"
stamp=artifacts/nova.built
if [ -e $stamp ] && [ -e artifacts/bin/Nova.Events.Cli/release/nova.dll ] && [ "$(cat $stamp)" = "$NOVA_CACHE" ]; then
  # Folders count too: a deleted file changes its folder.
  changed=$(find . \( -path ./artifacts -o -path ./.git -o -path ./.nova -o -path ./helm \) -prune -o \
    \( -type d ! -path . -o -name '*.cs' -o -name '*.csproj' -o -name '*.props' -o -name '*.targets' -o -name '*.sln' -o -name '*.sql' -o -name '*.lua' \
    -o -name '*.json' -o -name '*.txt' -o -name '*.html' -o -name '*.js' -o -name '*.css' -o -name .editorconfig \) -newer $stamp -print -quit)
  [ -n "$changed" ] || [ "$NOVA_CACHE/packages.props" -nt $stamp ] || [ "$NOVA_CACHE/packages" -nt $stamp ] || exit 0
fi
echo "nova: building"
echo "$NOVA_CACHE" >$stamp.new
# The compiler server has a name of its own, so that exactly this build's server is ended.
compiler=nova-$$
end_compiler() { pgrep -f -- "-pipename:$compiler" | xargs -r kill 2>/dev/null || true; }
trap end_compiler EXIT
if ! dotnet build Nova.Events.sln -c Release -nodeReuse:false -p:SharedCompilationId=$compiler >artifacts/build.log 2>&1; then
  grep -E ': error ' artifacts/build.log | sed 's/ \[[^[]*\]$//' | sort -u | head -40 >&2 || true
  echo "nova: the build failed; all of it: $1/artifacts/build.log" >&2
  exit 65
fi
mv $stamp.new $stamp
