# Installs the toolkit on Windows: an environment in a folder of its own, from wheels beside this script or, with -Source, from
# a checkout. Never run by its makers, who have no Windows (docs/install.md). Needs Python 3.11 to 3.13 and Tesseract.
#
#   powershell -ExecutionPolicy Bypass -File install.ps1 [-Prefix DIR] [-Wheels DIR | -Source CHECKOUT] [-Python PROGRAM]
param(
  [string]$Prefix = "$env:LOCALAPPDATA\cctns-digitize",
  [string]$Wheels = "$PSScriptRoot\wheels",
  [string]$Source = "",
  [string]$Python = "python"
)
$ErrorActionPreference = "Stop"
function Check($what) { if ($LASTEXITCODE -ne 0) { Write-Error "$what failed (exit $LASTEXITCODE)"; exit 6 } }

& $Python -c "import sys; sys.exit(not ((3, 11) <= sys.version_info < (3, 14)))"
Check "Python 3.11 to 3.13"
if (-not (Get-Command tesseract -ErrorAction SilentlyContinue)) {
  $usual = "$env:ProgramFiles\Tesseract-OCR"
  if (Test-Path "$usual\tesseract.exe") { $env:PATH += ";$usual" }
  else { Write-Warning "Tesseract is not on the PATH: pages of print are not read until it is installed." }
}

& $Python -m venv $Prefix
Check "venv"
$own = Join-Path $Prefix "Scripts\python.exe"
if ($Source) {
  & $own -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r (Join-Path $Source "requirements.lock")
  Check "What the toolkit depends on"
  & $own -m pip install -q --disable-pip-version-check --no-deps $Source
} else {
  $sums = Join-Path $Wheels "SHA256SUMS"
  foreach ($line in Get-Content $sums) {
    $hash, $name = $line -split "\s+", 2
    if ((Get-FileHash -Algorithm SHA256 (Join-Path $Wheels $name)).Hash -ne $hash) {
      Write-Error "$name is altered: copy the folder again."; exit 5
    }
  }
  & $own -m pip install -q --disable-pip-version-check --no-index --find-links $Wheels cctns-digitize
}
Check "The toolkit"
& (Join-Path $Prefix "Scripts\digitize.exe") doctor
Write-Host "Installed. The command is $Prefix\Scripts\digitize.exe"
