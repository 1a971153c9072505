# Sourced. feed_has PACKAGE VERSION: can the configured NuGet feed restore this package with its dependencies?
# Asks once by a restore into an empty folder (so that nothing cached answers for the feed) and keeps the answer.
feed_has() {
  local answer=$NOVA_CACHE/feed/$1.$2 probe
  if [ ! -s "$answer" ]; then
    mkdir -p "$NOVA_CACHE/feed"
    probe=$(mktemp -d "$NOVA_CACHE/probe.XXXXXX")
    cat >"$probe/probe.csproj" <<XML
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework><NuGetAudit>false</NuGetAudit></PropertyGroup>
  <ItemGroup><PackageReference Include="$1" Version="[$2]" /></ItemGroup>
</Project>
XML
    if dotnet restore "$probe/probe.csproj" --packages "$probe/packages" -nodeReuse:false >"$probe/log" 2>&1; then
      echo yes >"$answer"
    elif grep -qE 'NU110[123]' "$probe/log" && ! grep -q NU1301 "$probe/log"; then
      grep -oE 'Unable to find package .*' "$probe/log" | sed -E 's/\. No packages exist.*//; s/^/no: /' | sort -u >"$answer"
    else
      echo "nova: could not ask the NuGet feed for $1 $2. Check the network and 'dotnet nuget list source', then run this again. It said:" >&2
      tail -5 "$probe/log" >&2
      rm -rf "$probe"
      exit 69
    fi
    rm -rf "$probe"
  fi
  grep -qx yes "$answer"
}
