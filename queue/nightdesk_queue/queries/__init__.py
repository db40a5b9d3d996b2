"""What people look at: each query reads one moment of the database and writes nothing."""
