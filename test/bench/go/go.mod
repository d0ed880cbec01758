module library-export/bench

go 1.24
