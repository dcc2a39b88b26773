find samples/ -name "*t*.wav" -print0 | undertone batch -q -0 --db a.db - ; echo $?; ls samples/*t*.wav | undertone batch --db a.db - 2>&1
