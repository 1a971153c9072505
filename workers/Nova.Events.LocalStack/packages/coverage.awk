# Cobertura files of several test projects to one line for each product assembly: a line counts as covered when any of them ran it.
function attribute(line, name) {
  if (!match(line, " " name "=\"[^\"]*\"")) return ""
  return substr(line, RSTART + length(name) + 3, RLENGTH - length(name) - 4)
}
/<package / { assembly = attribute($0, "name") }
/<class / { file = attribute($0, "filename") }
/<line / {
  key = assembly SUBSEP file SUBSEP attribute($0, "number")
  if (!(key in hits)) { hits[key] = 0; lines[assembly]++ }
  if (attribute($0, "hits") + 0 > 0 && !hits[key]) { hits[key] = 1; covered[assembly]++ }
}
END { for (assembly in lines) printf "coverage %-34s %5.1f %%  (%d of %d lines)\n", assembly, 100 * covered[assembly] / lines[assembly], covered[assembly], lines[assembly] }
