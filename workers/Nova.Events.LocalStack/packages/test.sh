#!/usr/bin/env bash
# test.sh ROOT [--coverage] [FILTER...]: every test project; the last line is "N passed, N failed, N skipped".
# A FILTER is a part of a test's full name, or an expression of dotnet test (Category=Slow).
set -euo pipefail
root=$1; shift
here=$(cd "$(dirname "$0")" && pwd)
coverage= filter=
for word in "$@"; do
  case $word in
    --coverage) coverage=1 ;;
    -*) echo "nova: test knows --coverage and filters, not $word" >&2; exit 64 ;;
    *[=~]*) filter+="${filter:+|}$word" ;;
    *) filter+="${filter:+|}FullyQualifiedName~$word" ;;
  esac
done
results=$root/artifacts/test-results
rm -rf "$results"; mkdir -p "$results"

# dotnet test, its hosts and what they start are one process group, which ends with us however we end.
set -m
group=
end_group() {
  [ -n "$group" ] || return 0
  kill -TERM -- "-$group" 2>/dev/null || true
  for _ in $(seq 100); do kill -0 -- "-$group" 2>/dev/null || return 0; sleep 0.1; done
  kill -KILL -- "-$group" 2>/dev/null || true
}
trap end_group EXIT
trap 'exit 130' INT TERM HUP

broken=()
for project in "$root"/tests/*UnitTests/*.csproj "$root"/tests/*IntegrationTests/*.csproj; do
  name=$(basename "$project" .csproj)
  arguments=(--no-build -c Release -nodeReuse:false --results-directory "$results/$name" --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal")
  [ -z "$filter" ] || arguments+=(--filter "$filter")
  [ -z "$coverage" ] || arguments+=(--collect "XPlat Code Coverage" --settings "$here/coverage.runsettings")
  code=0
  dotnet test "$project" "${arguments[@]}" </dev/null &
  group=$!
  wait "$group" || code=$?
  end_group; group=
  # A host that died may leave no result, or results without a failed test.
  trx=$results/$name/$name.trx
  if ! grep -qs '<UnitTestResult ' "$trx"; then
    [ -n "$filter" ] && [ $code = 0 ] || broken+=("$name gave no results")
  elif [ $code != 0 ] && ! grep -q '<UnitTestResult [^>]*outcome="Failed"' "$trx"; then
    broken+=("$name did not finish (exit code $code)")
  fi
done

[ -z "$coverage" ] || find "$results" -name coverage.cobertura.xml -exec awk -f "$here/coverage.awk" {} + | sort
find "$results" -name '*.trx' -exec cat {} + >"$results/all.trx"
printf '%s\n' "${broken[@]}" | awk -f "$here/results.awk" -v trx="$results/all.trx"
