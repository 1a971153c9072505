#!/usr/bin/env bash
# Versions that the configured NuGet feed cannot restore, lowered in $NOVA_CACHE/packages.props (Directory.Build.props imports it).
# On a complete feed that file stays away.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/feed.sh"
props=$NOVA_CACHE/packages.props
pins=()
feed_has StackExchange.Redis 3.4.35 || pins+=("<StackExchangeRedisVersion>1.2.6</StackExchangeRedisVersion>")
feed_has Testcontainers 4.15.0 || pins+=("<NovaTestcontainers>none</NovaTestcontainers>")

wanted=$(printf '    %s\n' "${pins[@]}")
wanted=$(printf '<Project>\n  <PropertyGroup>\n%s\n  </PropertyGroup>\n</Project>' "$wanted")
if [ ${#pins[@]} -eq 0 ]; then
  rm -f "$props"
elif [ "$(cat "$props" 2>/dev/null)" != "$wanted" ]; then
  echo "$wanted" >"$props"
  printf 'nova: the NuGet feed is incomplete; pinned in %s:\n' "$props"
  printf '  %s\n' "${pins[@]}"
fi
