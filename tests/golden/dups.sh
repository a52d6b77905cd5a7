# SPDX-License-Identifier: GPL-3.0-or-later
# dups.sh - sourced by cases: a wire story, its copies and what is none, to standard output; and what small.sh has.
. "$NF_SAMPLES/../tests/golden/small.sh"
wire() {
    cat <<'CSV'
id,source,date,title,text
later,b.example,2024-06-20,Our headline,"Troops crossed the river at dawn under artillery fire and dug in on the far bank before noon, the army said on Wednesday in a short statement."
first,a.example,2024-06-19,Troops cross river,"Troops crossed the river at dawn under artillery fire and dug in on the far bank before noon, the army said on Wednesday in a short statement."
near,c.example,"June 21, 2024",Troops cross river,"Troops crossed the river at dawn under artillery fire and dug in on the far bank before noon, the army said on Wednesday in a short statement. Photo: agency"
month,d.example,19/07/2024,Looking back,"TROOPS crossed the river at dawn under artillery fire, and dug in on the far bank before noon; the army said on Wednesday in a short statement."
other,a.example,2024-06-19,Rates,The central bank raised interest rates as prices rose and exports fell again in May.
empty1,a.example,2024-06-19,Nothing,
empty2,b.example,2024-06-19,Nothing,...
undated,e.example,,Troops cross river,"Troops crossed the river at dawn under artillery fire and dug in on the far bank before noon, the army said on Wednesday in a short statement."
bad,f.example,"June 31, 2024",Troops cross river,"Troops crossed the river at dawn under artillery fire and dug in on the far bank before noon, the army said on Wednesday in a short statement."
CSV
}
