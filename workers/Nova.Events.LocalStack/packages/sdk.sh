#!/usr/bin/env bash
# sdk.sh ROOT: is there a .NET SDK that global.json accepts?
set -euo pipefail
cd "$1"
if ! command -v dotnet >/dev/null; then
  echo "nova: there is no 'dotnet' on PATH. Install the .NET 10 SDK (your system's package dotnet-sdk-10.0, or Microsoft's installer) and run this again." >&2
  exit 69
fi
if ! dotnet --version >/dev/null 2>&1; then
  echo "nova: this needs a .NET SDK of version 10 (global.json); here is: $(dotnet --list-sdks | cut -d' ' -f1 | paste -sd' '). Install dotnet-sdk-10.0 and run this again." >&2
  exit 69
fi
