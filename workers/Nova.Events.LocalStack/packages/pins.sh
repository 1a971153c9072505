#!/usr/bin/env bash
# pins.sh ROOT: versions that the configured NuGet feed cannot restore, lowered in $NOVA_CACHE/packages.props (Directory.Build.props imports it).
# On a complete feed that file stays away.
set -euo pipefail
root=$1
here=$(cd "$(dirname "$0")" && pwd)
. "$here/feed.sh"
props=$NOVA_CACHE/packages.props
version() { sed -n "s:.*$1\([0-9][0-9.]*\).*:\1:p" "$root/Directory.Packages.props"; }
pins=()
feed_has StackExchange.Redis "$(version '<StackExchangeRedisShipped>')" || pins+=("<StackExchangeRedisVersion>1.2.6</StackExchangeRedisVersion>")
feed_has Testcontainers "$(version '"Testcontainers" Version="')" || pins+=("<NovaTestcontainers>none</NovaTestcontainers>")

wanted=$(printf '    %s\n' "${pins[@]}")
wanted=$(printf '<Project>\n  <PropertyGroup>\n%s\n  </PropertyGroup>\n</Project>' "$wanted")
if [ ${#pins[@]} -eq 0 ]; then
  rm -f "$props"
elif [ "$(cat "$props" 2>/dev/null)" != "$wanted" ]; then
  echo "$wanted" >"$props"
  printf 'nova: the NuGet feed is incomplete; pinned in %s:\n' "$props"
  printf '  %s\n' "${pins[@]}"
fi
