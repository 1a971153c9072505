#!/usr/bin/env bash
# Confluent.Kafka needs the native package librdkafka.redist. A feed without it: built once from the source that npm's
# @confluentinc/kafka-javascript carries, packed under the same name and version into $NOVA_CACHE/packages, which Directory.Build.props adds.
set -euo pipefail
version=2.15.1
source_package=@confluentinc/kafka-javascript@1.10.1
recipe=3 # raise it when this script would build something else
here=$(cd "$(dirname "$0")" && pwd)
packed=$NOVA_CACHE/packages/librdkafka.redist.$version.nupkg
stamp=$NOVA_CACHE/packages/librdkafka.recipe
unpacked=${NUGET_PACKAGES:-$HOME/.nuget/packages}/librdkafka.redist/$version

. "$here/feed.sh"
# A copy that NuGet unpacked from an earlier build of ours would win over the new one.
drop_stale() {
  [ ! -e "$unpacked" ] || cmp -s "$packed" "$unpacked/librdkafka.redist.$version.nupkg" || rm -rf "$unpacked"
}
if [ -s "$packed" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$recipe" ]; then drop_stale; exit; fi
if feed_has librdkafka.redist $version; then
  if [ -e "$packed" ]; then rm -f "$packed"; rm -rf "$unpacked"; fi
  exit
fi

case $(uname -m) in
  x86_64) rid=linux-x64 ;;
  aarch64) rid=linux-arm64 ;;
  *) echo "nova: the NuGet feed lacks librdkafka.redist $version and it can be built here for x86_64 and aarch64 only. Use a feed that has it." >&2; exit 69 ;;
esac
missing=()
command -v gcc >/dev/null || missing+=(gcc libc6-dev)
command -v make >/dev/null || missing+=(make)
echo '#include <openssl/ssl.h>' | gcc -E - >/dev/null 2>&1 || missing+=(libssl-dev)
echo '#include <zlib.h>' | gcc -E - >/dev/null 2>&1 || missing+=(zlib1g-dev)
echo '#include <zstd.h>' | gcc -E - >/dev/null 2>&1 || missing+=(libzstd-dev)
[ ${#missing[@]} -eq 0 ] || "$here/apt.sh" "${missing[@]}"
command -v npm >/dev/null || { echo "nova: the NuGet feed lacks librdkafka.redist $version; building it needs npm. Install Node.js (package npm) and run this again." >&2; exit 69; }

echo "nova: the NuGet feed lacks librdkafka.redist $version: building it once (about a minute)"
work=$(mktemp -d "$NOVA_CACHE/librdkafka.XXXXXX")
trap 'rm -rf "$work"' EXIT
(
  cd "$work"
  npm pack --silent "$source_package" && tar xzf ./*.tgz package/deps/librdkafka && cd package/deps/librdkafka &&
    # The mock cluster keeps 5 MiB or 100,000 batches of a partition and forgets the rest: too little for a trial run. Topics have 4 partitions; ours 3.
    sed -i -e 's/max_size = 1024 \* 1024 \* 5;/max_size = (int64_t)1024 * 1024 * 512;/' -e 's/max_cnt  = 100000;/max_cnt  = 10000000;/' -e 's/defaults.partition_cnt      = 4;/defaults.partition_cnt = 3;/' src/rdkafka_mock.c &&
    [ "$(grep -cE '1024 \* 512;|= 10000000;|partition_cnt = 3;' src/rdkafka_mock.c)" = 3 ] &&
    ./configure --no-download --disable-gssapi --disable-curl --disable-debug-symbols && make -j"$(nproc)" -C src librdkafka.so.1
) >"$work/log" 2>&1 || {
  cp "$work/log" "$NOVA_CACHE/librdkafka.log"
  echo "nova: building librdkafka failed; the last lines (all of it: $NOVA_CACHE/librdkafka.log):" >&2
  tail -15 "$work/log" >&2
  echo "nova: check that npm can reach its registry and that gcc works, then run this again." >&2
  exit 70
}

mkdir "$work/pack"
cp "$work"/package/deps/librdkafka/src/librdkafka.so.1 "$work/pack/librdkafka.so"
cp "$work"/package/deps/librdkafka/LICENSES.txt "$work/pack/"
cat >"$work/pack/librdkafka.redist.csproj" <<XML
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>netstandard2.0</TargetFramework>
    <PackageId>librdkafka.redist</PackageId>
    <Version>$version</Version>
    <Description>librdkafka built from the source in npm's $source_package by Nova.Events (recipe $recipe)</Description>
    <PackageLicenseFile>LICENSES.txt</PackageLicenseFile>
    <IncludeBuildOutput>false</IncludeBuildOutput>
    <SuppressDependenciesWhenPacking>true</SuppressDependenciesWhenPacking>
    <NoWarn>NU5128</NoWarn> <!-- no managed assembly is the point of this package -->
  </PropertyGroup>
  <ItemGroup>
    <None Include="librdkafka.so" Pack="true" PackagePath="runtimes/$rid/native/" />
    <None Include="LICENSES.txt" Pack="true" PackagePath="" />
  </ItemGroup>
</Project>
XML
dotnet pack "$work/pack" -o "$work/out" -nodeReuse:false -p:UseSharedCompilation=false >"$work/log" 2>&1 || { tail -15 "$work/log" >&2; echo "nova: packing librdkafka failed; see above." >&2; exit 70; }
mkdir -p "$NOVA_CACHE/packages"
mv "$work/out/librdkafka.redist.$version.nupkg" "$packed"
echo $recipe >"$stamp"
drop_stale
