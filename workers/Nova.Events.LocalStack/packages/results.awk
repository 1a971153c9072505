# Test results (trx) to the closing line. Standard input: one line for each project that broke; each counts as a failure.
function attribute(line, name) {
  if (!match(line, " " name "=\"[^\"]*\"")) return ""
  return substr(line, RSTART + length(name) + 3, RLENGTH - length(name) - 4)
}
$0 != "" { print "broken: " $0; failed++ }
END {
  RS = "<"
  while ((getline element < trx) > 0) {
    if (element !~ /^UnitTestResult /) continue
    outcome = attribute(element, "outcome")
    if (outcome == "Passed") passed++
    else if (outcome == "NotExecuted") { skipped++; print "skipped: " attribute(element, "testName") }
    else { failed++; print "failed: " attribute(element, "testName") }
  }
  printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
  exit (failed > 0 || passed == 0)
}
