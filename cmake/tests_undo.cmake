# SPDX-License-Identifier: GPL-2.0-only
# All that the judge keeps can be undone to any event: over logs of every kind.
add_executable(undo ${CMAKE_SOURCE_DIR}/tests/undo/undo.c)
target_link_libraries(undo PRIVATE testkit)
set(undo_env "HYPSIM=$<TARGET_FILE:hypsim>;SOURCE=${CMAKE_SOURCE_DIR};BUILD=${CMAKE_BINARY_DIR};UNDO=$<TARGET_FILE:undo>")
foreach(logs text runs)
  hypsim_test(undo.${logs} law 300 "${undo_env}" sh ${CMAKE_SOURCE_DIR}/tests/undo/run.sh ${logs})
endforeach()
