// Distances between short texts, as record linkage needs them by the million: bit-parallel, over code points.
// Pure; any thread. All are symmetric, and exact for texts of any length (a machine word holds 64 places;
// longer texts take more words).
//
// Sources: G. Myers, "A fast bit-vector algorithm for approximate string matching" (1999); H. Hyyrö, "A
// bit-vector algorithm for computing Levenshtein and Damerau edit distances" (2003); M. Jaro (1989);
// W. Winkler (1990).
#pragma once

#include <cstddef>
#include <string_view>

namespace crossbill {

// The fewest insertions, deletions, changes of one character and transpositions of two neighbours, of which
// no character takes part twice (Damerau–Levenshtein, optimal string alignment). More than `most` is given as
// most + 1.
int DamerauLevenshtein(std::string_view a, std::string_view b, int most = 1 << 20);

// From 0 (nothing in common) to 1 (equal; two empty texts are): characters that both have at most half of the
// longer text apart, and how many of them stand in another order. The text that is matched against is the
// longer one, of equally long ones the greater, so that the order of arguments does not matter.
double Jaro(std::string_view a, std::string_view b);

// Jaro, raised for up to four equal characters at the beginning: by a tenth of what is missing for each, as
// Winkler has it, where Jaro says at least 0.7.
double JaroWinkler(std::string_view a, std::string_view b);

}  // namespace crossbill
